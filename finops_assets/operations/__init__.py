"""What keeps the mart running by itself: what goes live, what is due, is a month all right, what is measured."""
