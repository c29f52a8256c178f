"""Local servers: PostgreSQL, Valkey, a stand-in for the payment provider, and what starts them all."""
