"""The engine and the four machines: deciding is pure, committing is one transaction."""
