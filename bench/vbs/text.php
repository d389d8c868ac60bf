<?php
function main($parts) {
  $s = ""; $n = 0;
  for ($i = 1; $i <= 5000; $i++) $s .= "field " . $i . ",";
  for ($i = 1, $last = intdiv(100, $parts); $i <= $last; $i++) {
    $fields = explode(",", $s);
    $t = implode(";", $fields);
    $u = str_replace(";", ", ", strtoupper($t));
    $n += strlen($u) + count($fields) - 1 + strpos($u, "FIELD 4999") + 1 + strlen(strtolower($u));
  }
  echo $n, "\n";
  $n = 0;
  for ($i = 1, $last = intdiv(500000, $parts); $i <= $last; $i++) {
    $f = "name=  value " . $i . " ";
    $p = strpos($f, "=");
    $n += strlen(substr($f, 0, $p)) + strlen(trim(substr($f, $p + 1)));
    if (substr($f, -2) == "7 ") $n += strlen(str_replace("value", "v", $f)) + count(explode(" ", $f)) - 1;
  }
  echo $n, "\n";
}
main((int)$argv[1]);
