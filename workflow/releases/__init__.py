"""Release files of the machines, one a version; see workflow.release."""
