"""What is gathered from the training process itself: its output, and how it ends."""
