"""The agenda item machine: one a required body, on a document of its own."""
