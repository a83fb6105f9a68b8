"""What runs inside somebody's training job."""
