"""The nouns of Halley and their rules, as pure values. Imports the standard library, msgspec and errors only."""
