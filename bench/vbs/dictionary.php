<?php
function main($parts) {
  $d = []; $hits = 0; $sum = 0;
  for ($i = 1, $last = intdiv(1000000, $parts); $i <= $last; $i++) {
    $k = "key" . ($i % 20011);
    if (isset($d[$k])) $d[$k] = $d[$k] + 1;
    else $d[$k] = 1;
  }
  for ($i = 1, $last = intdiv(300000, $parts); $i <= $last; $i++) {
    if (isset($d[$i % 1000])) $hits++;
    $d[$i % 1000] = $i;
  }
  foreach (array_keys($d) as $k) $sum += $d[$k];
  echo count($d), " ", $hits, " ", $sum, "\n";
}
main((int)$argv[1]);
