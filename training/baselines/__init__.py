"""Simple models to stand beside a transformer: what does it buy over them?"""
