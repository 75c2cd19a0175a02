"""A bot that is killed again and again under steady traffic, and a judge who counts what people lost by it."""
