<?php
function quick(&$a, $low, $high) {
  $i = $low; $j = $high; $p = $a[intdiv($low + $high, 2)];
  while ($i <= $j) {
    while ($a[$i] < $p) $i++;
    while ($a[$j] > $p) $j--;
    if ($i <= $j) {
      $t = $a[$i]; $a[$i] = $a[$j]; $a[$j] = $t;
      $i++; $j--;
    }
  }
  if ($low < $j) quick($a, $low, $j);
  if ($i < $high) quick($a, $i, $high);
}
$a = []; $x = 12345; $last = intdiv(300000, (int)$argv[1]) - 1;
for ($k = 0; $k <= $last; $k++) { $x = ($x * 1103 + 12345) % 65536; $a[$k] = $x; }
quick($a, 0, $last);
echo $a[0], " ", $a[intdiv($last, 2)], " ", $a[$last], "\n";
