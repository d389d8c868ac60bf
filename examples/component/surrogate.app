High
