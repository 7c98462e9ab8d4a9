"""The proposal machine: from a first idea to an approved credential put in force."""
