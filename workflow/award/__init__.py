"""The award machine: a learner's way from a claim to a signed credential."""
