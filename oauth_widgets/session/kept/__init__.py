"""Sign-ins that outlive the process: where they are kept, and how several processes share one."""
