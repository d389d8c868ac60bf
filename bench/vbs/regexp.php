<?php
function main($parts) {
  $n = 0;
  for ($i = 1, $last = intdiv(200000, $parts); $i <= $last; $i++) {
    if (preg_match('/^[\w.]+@\w+\.\w+$/', "user." . $i . "@example.org")) $n++;
    if (preg_match('/^[\w.]+@\w+\.\w+$/', "user." . $i . " at example")) $n++;
  }
  echo $n, "\n";
  $s = "";
  for ($i = 1; $i <= 2000; $i++) $s .= "key" . $i . "=" . $i * 7 . ";  ";
  $n = 0;
  for ($i = 1; $i <= intdiv(50, $parts); $i++) {
    preg_match_all('/(\w+)=(\d+)/', $s, $matches, PREG_SET_ORDER);
    foreach ($matches as $m) $n += strlen($m[1]) + strlen($m[2]);
    $n += strlen(preg_replace('/(\w+)=(\d+)/', '$2:$1', $s));
  }
  for ($i = 1; $i <= intdiv(50, $parts); $i++) $n += strlen(preg_replace('/\s+/', ' ', $s));
  echo $n, "\n";
}
main((int)$argv[1]);
