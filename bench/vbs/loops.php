<?php
function main($parts) {
  $n = 0;
  for ($i = 1; $i <= intdiv(3000, $parts); $i++) {
    for ($j = 1; $j <= 3000; $j++) {
      $n += $j % 7;
      if ($n > 1000000) $n -= 1000000;
    }
  }
  echo $n, "\n";
}
main((int)$argv[1]);
