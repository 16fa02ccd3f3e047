"""English sentences and their speech, for the codec and the speaker."""
