"""The book: one encrypted file with the households of a practice, and everything that was ever proposed for them."""
