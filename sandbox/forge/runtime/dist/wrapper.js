// The bundler asks for a fallback wrapper beside the loader; the sandbox's loader needs none.
