"""How well commands are told from talk, measured on sentences by somebody who never saw a template."""
