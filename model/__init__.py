"""The generation backend: prompts, engine, server, client."""
