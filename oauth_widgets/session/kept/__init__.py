"""Sign-ins that outlive the process: the place for them, and how several processes share one."""
