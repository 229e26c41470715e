"""What each holding is: asset classes, nine style boxes, sectors, with the source of each."""
