module vestibule.example/judge

go 1.18

require (
	github.com/gowebpki/jcs v1.0.1
	golang.org/x/mod v0.20.0
)
