local parts = tonumber(arg[1])
local function split(s, by)
  local list, at = {}, 1
  while true do
    local from, to = s:find(by, at, true)
    if not from then break end
    list[#list + 1] = s:sub(at, from - 1)
    at = to + 1
  end
  list[#list + 1] = s:sub(at)
  return list
end
local p = {}
for i = 1, 5000 do p[#p + 1] = "field " .. i .. "," end
local s, n = table.concat(p), 0
for i = 1, 100 // parts do
  local fields = split(s, ",")
  local t = table.concat(fields, ";")
  local u = t:upper():gsub(";", ", ")
  n = n + #u + #fields - 1 + u:find("FIELD 4999", 1, true) + #u:lower()
end
print(n)
n = 0
for i = 1, 500000 // parts do
  local f = "name=  value " .. i .. " "
  local q = f:find("=", 1, true)
  n = n + #f:sub(1, q - 1) + #f:sub(q + 1):match("^ *(.-) *$")
  if f:sub(-2) == "7 " then n = n + #f:gsub("value", "v") + #split(f, " ") - 1 end
end
print(n)
