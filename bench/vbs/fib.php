<?php
$parts = (int)$argv[1];
function fib($n) { if ($n < 2) return $n; return fib($n - 1) + fib($n - 2); }
$sum = 0;
for ($k = 1; $k <= intdiv(50, $parts); $k++) $sum += fib(22);
echo $sum, "\n";
