"""What the service answers: a module a kind of resource."""
