"""The templates of both stacks, the contract, and what carries them to AWS."""
