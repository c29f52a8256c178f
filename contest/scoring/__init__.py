"""The arithmetic of a rulebook: from an entry's inputs to its indicators, score and rank. It reads no table."""
