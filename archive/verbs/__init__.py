"""The verbs of the command line: options in, a call of the facade, lines out. No logic lives here."""
