Low
