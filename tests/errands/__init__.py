"""A toy shop for the kernel's tests: jobs, their calls and claims exercise everything that a table may say."""
