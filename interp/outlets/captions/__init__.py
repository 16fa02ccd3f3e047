"""Written words to captions by the rules of the trade, and into the files that players read."""
