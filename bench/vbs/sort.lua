local function sort(a, low, high)
  local i, j, p = low, high, a[(low + high) // 2]
  while i <= j do
    while a[i] < p do i = i + 1 end
    while a[j] > p do j = j - 1 end
    if i <= j then
      a[i], a[j] = a[j], a[i]
      i = i + 1; j = j - 1
    end
  end
  if low < j then sort(a, low, j) end
  if i < high then sort(a, i, high) end
end
local a, x, last = {}, 12345, 300000 // tonumber(arg[1]) - 1
for k = 0, last do x = (x * 1103 + 12345) % 65536; a[k] = x end
sort(a, 0, last)
print(a[0] .. " " .. a[last // 2] .. " " .. a[last])
