"""The HTTP edge: who asks, what is answered. Nothing here decides about the business."""
