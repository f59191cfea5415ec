"""A local stand-in for the AWS services that notesite uses; never deployed."""
