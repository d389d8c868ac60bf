<?php
$parts = (int)$argv[1];
$s = "";
for ($i = 1, $last = intdiv(1000000, $parts); $i <= $last; $i++) $s .= "line " . $i . "\r\n";
echo strlen($s), "\n";
$t = 0;
for ($i = 1, $last = intdiv(300000, $parts); $i <= $last; $i++)
  if (strpos(substr("abcdefghij", $i % 5, 4), "e") !== false) $t++;
echo $t, "\n";
