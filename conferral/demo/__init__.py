"""The demo: four proposals, three learners and five signed credentials, in under a minute."""
