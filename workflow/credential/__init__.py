"""The credential machine: what an issued proposal put in force, version by version."""
