"""`make bench`: what the shop answers per second on this machine, against nginx in the same run."""
