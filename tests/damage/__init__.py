"""A database that is spoilt again and again, and a judge who looks whether anything wrong is taken for right."""
