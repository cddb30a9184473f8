// Loads the small module that a data- attribute asks for. Every page works without any of them.
