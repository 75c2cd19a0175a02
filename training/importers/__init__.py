"""Dialogues as others publish them -> turns, one dialogue at a time; what is left out is counted with its reason."""
