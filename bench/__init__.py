"""Speed figures for ratable: workloads, rivals, and the run that compares them. Not part of the package."""
