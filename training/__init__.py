"""From dialogues to a measured model."""
