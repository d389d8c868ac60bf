Medium
