"""What a survey would tell before it is made: expected information, layouts."""
