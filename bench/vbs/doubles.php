<?php
function main($parts) {
  $a = []; $v = [];
  for ($i = 0; $i <= 1000; $i++) {
    $a[$i] = sin($i / 50.0);
    $v[$i] = 0.0;
  }
  for ($k = 1; $k <= intdiv(2000, $parts); $k++) {
    for ($i = 1; $i <= 999; $i++)
      $v[$i] = $v[$i] * 0.999 + ($a[$i - 1] + $a[$i + 1] - 2.0 * $a[$i]) * 0.25;
    for ($i = 1; $i <= 999; $i++)
      $a[$i] = $a[$i] + $v[$i] * 0.5;
  }
  $sum = 0.0;
  for ($i = 0; $i <= 1000; $i++) $sum += $a[$i] * $a[$i];
  echo (int)floor($sum * 1000), "\n";
}
main((int)$argv[1]);
