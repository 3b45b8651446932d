"""Which files of a folder count, and what language each is; opens no source file to understand it."""
