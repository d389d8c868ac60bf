<?php
$n = 0;
for ($i = 1, $last = intdiv(5000000, (int)$argv[1]); $i <= $last; $i++) if ($i % 3 == 0) $n = $n + $i % 5;
echo $n, "\n";
