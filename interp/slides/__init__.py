"""What a speaker shows, read: pages to words, words to the names and terms to listen for."""
