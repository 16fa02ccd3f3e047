"""The page for operators, interpreters and audiences: live sessions seen, heard and steered."""
