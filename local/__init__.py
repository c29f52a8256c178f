"""What `make run` starts on one machine: PostgreSQL, Valkey, a stand-in for Stripe, and what watches over them.

It names the shop's programs by their commands alone: no floor is imported here, and none imports this.
"""
